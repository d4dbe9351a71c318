/** Tells the LMS that registration is over (1EdTech Dynamic Registration 1.0 §3.6). No data. */
const close = () =>
  (window.opener ?? window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");

document.querySelector("[data-lti-close]")?.addEventListener("click", close);
