/** Enhancement only: every page works without this file. */

/** Tells an LMS that frames us how tall the page is (Canvas: lti.frameResize). Holds no data. */
function reportHeight() {
  const height = Math.min(6000, Math.max(400, Math.ceil(document.body.offsetHeight) + 16));
  window.parent.postMessage(JSON.stringify({ subject: "lti.frameResize", height }), "*");
}

if (window.parent !== window) new ResizeObserver(reportHeight).observe(document.body);

const popoverOf = (button) =>
  document.getElementById(button.getAttribute("aria-describedby") ?? "");

// Hover and focus show a badge's details by style alone; Escape and a second tap put them away.
for (const button of document.querySelectorAll(".badge-button")) {
  const popover = popoverOf(button);
  if (popover === null) continue;
  const reopen = () => popover.classList.remove("closed");
  button.addEventListener("focus", reopen);
  button.addEventListener("pointerenter", reopen);
  button.addEventListener("click", (event) => {
    if (document.activeElement === button && event.detail > 0 && button.dataset.open === "yes") {
      popover.classList.toggle("closed");
    }
    button.dataset.open = "yes";
  });
  button.addEventListener("blur", () => delete button.dataset.open);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const popover of document.querySelectorAll(".popover")) popover.classList.add("closed");
  const confirmation = document.activeElement?.closest("details.confirm[open]");
  if (confirmation) {
    confirmation.open = false;
    confirmation.querySelector("summary").focus();
  }
});

// Opening a confirmation moves the reader to its question; nothing is destroyed by one key press.
for (const confirmation of document.querySelectorAll("details.confirm")) {
  confirmation.addEventListener("toggle", () => {
    if (confirmation.open) confirmation.querySelector("button, input:not([type=hidden])")?.focus();
  });
}

// Text that is meant to be copied, e.g. a share link: selected as a whole on focus.
for (const field of document.querySelectorAll("input[readonly]")) {
  field.addEventListener("focus", () => field.select());
}

// The answer to a Deep Linking request goes back to the LMS by itself; its button does the same.
document.querySelector("form[data-send-at-once]")?.requestSubmit();
