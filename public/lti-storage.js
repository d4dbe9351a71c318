/** Asks the LMS that frames us to keep a value (1EdTech LTI Platform Storage 0.1). */

const TIME_LIMIT_MS = 1000;

const frameNamed = (name) => {
  const lms = window.parent === window ? window.opener : window.parent;
  if (lms === null || name === "_parent") return lms;
  return lms.frames[name] ?? null;
};

/** Sends one message and waits for its answer: right origin, right id, no error, in time. */
function ask(frame, targetOrigin, message) {
  const messageId = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const hear = ({ origin, data }) => {
      const isAnswer =
        typeof data === "object" &&
        data !== null &&
        data.subject === `${message.subject}.response` &&
        data.message_id === messageId;
      if (!isAnswer || (targetOrigin !== "*" && origin !== targetOrigin)) return;
      end();
      if (data.error) reject(new Error("The LMS refused"));
      else resolve(data);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error("The LMS did not answer in time"));
    }, TIME_LIMIT_MS);
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("message", hear);
    };
    window.addEventListener("message", hear);
    frame.postMessage({ ...message, message_id: messageId }, targetOrigin);
  });
}

/** The frame that takes a subject: the one the LMS names in its capabilities, else the offered. */
async function findFrame(subject, target) {
  const lms = frameNamed("_parent");
  if (lms === null) throw new Error("No LMS here");
  // Holds no secret, and the page around us may stand on another origin than the storage.
  const { supported_messages: supported } = await ask(lms, "*", { subject: "lti.capabilities" });
  const found = Array.isArray(supported) && supported.find((each) => each.subject === subject);
  if (!found) throw new Error("The LMS keeps nothing for us");
  const frame = frameNamed(found.frame ?? target);
  if (frame === null) throw new Error("The LMS has no such frame");
  return frame;
}

/** Keeps a value there; rejects when the LMS cannot, or does not answer within a second. */
export async function putData({ target, origin, key }, value) {
  const subject = "lti.put_data";
  const answer = await ask(await findFrame(subject, target), origin, { subject, key, value });
  if (answer.key !== key || answer.value !== value) throw new Error("The LMS kept something else");
}

/** A value that was kept there. */
export async function getData({ target, origin, key }) {
  const subject = "lti.get_data";
  const answer = await ask(await findFrame(subject, target), origin, { subject, key });
  if (answer.key !== key || typeof answer.value !== "string") throw new Error("Nothing kept");
  return answer.value;
}
