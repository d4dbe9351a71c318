/** What the reader of an error page is told. `status` is the HTTP status it is served with. */
export type ErrorText = {
  status: number;
  /** What happened, in the words of the person who sees it. */
  title: string;
  /** What to do next. */
  advice: string;
};

export const askAdministrator = "Please show this page to the person who looks after your LMS.";
export const openAgain = "Go back to your course and open Rosette from there once more.";

/** The refusals of a sign-in from an LMS: one code for each check that it did not pass. */
export const launchErrorTexts = {
  "login-incomplete": {
    status: 400,
    title: "The LMS sent an incomplete sign-in",
    advice: askAdministrator,
  },
  "login-platform-unknown": {
    status: 403,
    title: "Rosette does not know this LMS",
    advice: `It has to be registered first. ${askAdministrator}`,
  },
  "login-client-ambiguous": {
    status: 400,
    title: "The LMS did not say which of its registrations this is",
    advice: `It has several at Rosette and must send client_id. ${askAdministrator}`,
  },
  "login-target-foreign": {
    status: 400,
    title: "The link in your course does not lead to Rosette",
    advice: `Its address has to be Rosette's launch address. ${askAdministrator}`,
  },
  "launch-denied": {
    status: 403,
    title: "The LMS did not sign you in",
    advice: openAgain,
  },
  "launch-token-malformed": {
    status: 400,
    title: "The LMS sent a sign-in that Rosette cannot read",
    advice: askAdministrator,
  },
  "launch-algorithm-refused": {
    status: 403,
    title: "The LMS signed with a method that is not allowed",
    advice: `Only RS256 is. ${askAdministrator}`,
  },
  "launch-key-missing": {
    status: 403,
    title: "The LMS did not say which key it signed with",
    advice: askAdministrator,
  },
  "launch-key-unknown": {
    status: 403,
    title: "The LMS signed with a key that it does not publish",
    advice: `Try again in a minute, in case the key is new. ${askAdministrator}`,
  },
  "launch-keys-unavailable": {
    status: 503,
    title: "The keys of your LMS cannot be read just now",
    advice: `Try again in a minute. If it happens again: ${askAdministrator}`,
  },
  "launch-signature-wrong": {
    status: 403,
    title: "The signature of this sign-in is not right",
    advice: `Nothing was opened. ${openAgain}`,
  },
  "launch-platform-unknown": {
    status: 403,
    title: "Rosette does not know this LMS",
    advice: `It has to be registered first. ${askAdministrator}`,
  },
  "launch-audience-wrong": {
    status: 403,
    title: "This sign-in was made for another tool",
    advice: askAdministrator,
  },
  "launch-times-missing": {
    status: 400,
    title: "The LMS sent a sign-in without its times",
    advice: askAdministrator,
  },
  "launch-expired": {
    status: 403,
    title: "This sign-in is too old",
    advice: `${openAgain} If it happens each time, the clock of the LMS or of Rosette is wrong.`,
  },
  "launch-from-future": {
    status: 403,
    title: "This sign-in is dated in the future",
    advice: `The clock of the LMS or of Rosette is wrong. ${askAdministrator}`,
  },
  "launch-nonce-missing": {
    status: 400,
    title: "The LMS sent a sign-in without its one-time mark",
    advice: askAdministrator,
  },
  "launch-version-unsupported": {
    status: 400,
    title: "The LMS sent another version than LTI 1.3",
    advice: askAdministrator,
  },
  "launch-message-unsupported": {
    status: 400,
    title: "The LMS asked for something that Rosette does not offer",
    advice: "Rosette opens from course links and from the content picker.",
  },
  "launch-claim-missing": {
    status: 400,
    title: "The LMS left something out of the sign-in",
    advice: askAdministrator,
  },
  "launch-target-wrong": {
    status: 403,
    title: "This sign-in was made for another page",
    advice: openAgain,
  },
  "launch-state-unknown": {
    status: 403,
    title: "This sign-in was not begun here, or took longer than ten minutes",
    advice: openAgain,
  },
  "launch-cookie-missing": {
    status: 403,
    title: "Your browser did not keep Rosette's cookie",
    advice:
      "Allow cookies for this site in your browser's settings, or use another browser, then open Rosette from your course once more.",
  },
  "launch-browser-wrong": {
    status: 403,
    title: "This sign-in was begun in another browser",
    advice: openAgain,
  },
  "launch-nonce-wrong": {
    status: 403,
    title: "This sign-in does not belong to the one that was begun",
    advice: openAgain,
  },
  "launch-already-used": {
    status: 403,
    title: "This sign-in was used already",
    advice: openAgain,
  },
  "launch-ticket-invalid": {
    status: 403,
    title: "This way to Rosette was used already, or is older than five minutes",
    advice: openAgain,
  },
  "launch-deployment-wrong": {
    status: 403,
    title: "The LMS began this sign-in for another place",
    advice: openAgain,
  },
  "launch-hosts-pending": {
    status: 403,
    title: "Rosette is not yet approved for this LMS",
    advice:
      "Its addresses stand on several hosts. An administrator of Rosette finds it in the list of platforms and can approve the hosts there. Then open this page again.",
  },
  "launch-deployment-pending": {
    status: 403,
    title: "Rosette is not yet approved for this part of your LMS",
    advice:
      "An administrator of Rosette finds it in the list of platforms and can approve it there. Then open this page again.",
  },
  "launch-deployment-closed": {
    status: 403,
    title: "Rosette is closed for this part of your LMS",
    advice:
      "An administrator of Rosette has closed it and can open it again under Platforms. What was earned stays.",
  },
} as const satisfies Record<string, ErrorText>;
