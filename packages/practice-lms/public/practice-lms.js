/** Small comforts; every page also works without them. */

document.querySelector("form[data-submit-at-once]")?.requestSubmit();

const leaveFrame = document.querySelector("a[data-leave-frame]");
if (leaveFrame && window.top !== window) window.top.location.href = leaveFrame.href;

const registration = document.querySelector("iframe[data-close-to]");
if (registration) {
  window.addEventListener("message", (event) => {
    const isClose = readMessage(event).subject === "org.imsglobal.lti.close";
    if (isClose && event.source === registration.contentWindow) {
      window.location.href = registration.dataset.closeTo;
    }
  });
}

const tool = document.querySelector("iframe[data-answers-messages]");
if (tool) answerMessages(tool);

/** Client-side postMessage and platform storage (1EdTech LTI postMessage Storage 0.1). */
function answerMessages(frame) {
  const stored = new Map();
  const subjects = ["lti.capabilities", "lti.put_data", "lti.get_data", "lti.frameResize"];
  window.addEventListener("message", (event) => {
    const message = readMessage(event);
    const { subject, key } = message;
    if (event.source !== frame.contentWindow || !subjects.includes(subject)) return;
    const answer = { subject: `${subject}.response`, message_id: message.message_id };
    const storageKey = JSON.stringify([event.origin, key]);
    if (subject === "lti.capabilities") {
      answer.supported_messages = subjects.map((each) => ({ subject: each }));
    }
    if (subject === "lti.put_data") {
      stored.set(storageKey, message.value);
      Object.assign(answer, { key, value: message.value });
    }
    if (subject === "lti.get_data") {
      Object.assign(answer, { key, value: stored.get(storageKey) });
    }
    if (subject === "lti.frameResize" && Number(message.height) > 0) {
      frame.style.height = `${Math.ceil(Number(message.height))}px`;
    }
    event.source.postMessage(answer, event.origin);
  });
}

function readMessage(event) {
  if (typeof event.data !== "string") return event.data ?? {};
  try {
    return JSON.parse(event.data) ?? {};
  } catch {
    return {};
  }
}
