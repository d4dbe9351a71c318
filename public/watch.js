/**
 * Enhancement only: while something is under way the page looks again by itself, as its link
 * “Look again” does by hand. The part that changes is replaced and read out.
 */

const PAUSE_MS = 2000;
const MOST_FAILURES = 5;
const watched = document.querySelector("[data-watch]");

async function lookAgain(failures) {
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-watch]");
    if (fresh === null) return;
    // What was focused is where it was, as long as nothing is at its end.
    if (fresh.dataset.watch !== "on") {
      location.reload();
      return;
    }
    const [bar, freshBar] = [watched, fresh].map((part) => part.querySelector("progress"));
    bar.value = freshBar.value;
    bar.max = freshBar.max;
    watched.querySelector("[data-said]").textContent =
      fresh.querySelector("[data-said]").textContent;
    setTimeout(() => lookAgain(0), PAUSE_MS);
  } catch {
    if (failures < MOST_FAILURES) setTimeout(() => lookAgain(failures + 1), PAUSE_MS);
  }
}

if (watched?.dataset.watch === "on") setTimeout(() => lookAgain(0), PAUSE_MS);
