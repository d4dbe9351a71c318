/** Goes on to the LMS when this browser can come back: by a cookie, or by the LMS' storage. */

import "./lti-new-window.js";
import { putData } from "./lti-storage.js";

const login = document.querySelector("[data-login]").dataset;

async function canComeBack() {
  const cookies = document.cookie.split("; ");
  if (cookies.includes(`${login.keptCookie}=1`)) return true;
  if (login.target === undefined) return false;
  return await putData(login, login.secret).then(
    () => true,
    () => false,
  );
}

if (await canComeBack()) {
  window.location.replace(login.login);
} else {
  document.querySelector("[data-waiting]").remove();
  document.querySelector("[data-blocked]").hidden = false;
}
