import { createFaults, type PracticeFaults } from "./faults.js";
import { createGradebook, type Gradebook } from "./gradebook.js";
import type { LaunchMessageType, LaunchPlacement, Mood } from "./model.js";
import { createSchool, type School } from "./school.js";
import { createSigningKeys, type SigningKeys } from "./signing-keys.js";
import { createToolTokenReader, type ToolTokenReader } from "./tool-keys-client.js";

/** A launch between the login initiation and the authorization request; used once. */
export type PendingLaunch = {
  clientId: string;
  deploymentId: string;
  userId: string;
  courseId: string | undefined;
  linkId: string | undefined;
  messageType: LaunchMessageType;
  /** Whose work is to be reviewed. */
  forUserId: string | undefined;
  placement: LaunchPlacement;
  targetLinkUri: string;
  expiresAt: Date;
};

type AccessToken = { clientId: string; scopes: string[]; expiresAt: Date };

/** An instructor's open "Add content" choice, waiting for the tool's answer; used once. */
export type PendingChoice = {
  clientId: string;
  deploymentId: string;
  courseId: string;
  userId: string;
  data: string | undefined;
};

export type PageSession = { userId: string; csrfToken: string; previewOf: string | undefined };

/** Everything a running practice LMS knows. It lives in memory and ends with the process. */
export type LmsState = {
  mood: Mood;
  name: string;
  url: string;
  issuer: string;
  now: () => Date;
  school: School;
  gradebook: Gradebook;
  keys: SigningKeys;
  faults: PracticeFaults;
  toolTokens: ToolTokenReader;
  launches: Map<string, PendingLaunch>;
  accessTokens: Map<string, AccessToken>;
  choices: Map<string, PendingChoice>;
  sessions: Map<string, PageSession>;
  /** Client ids that an open registration may take, used once. */
  registrations: Set<string>;
  /** Where notices go, by client id and type of notice. */
  noticeHandlers: Map<string, string>;
  /** jti and nonce values tools have used, with their client id. */
  usedOnce: Set<string>;
};

export function createLmsState(
  options: Pick<LmsState, "mood" | "name" | "url" | "issuer" | "now">,
): LmsState {
  const school = createSchool();
  const keys = createSigningKeys();
  const accessTokens = new Map<string, AccessToken>();
  return {
    ...options,
    school,
    keys,
    accessTokens,
    gradebook: createGradebook(() => school.takeNumber()),
    faults: createFaults({
      rotateKeys: ({ withdrawOld = false } = {}) => {
        keys.rotate(withdrawOld);
      },
      expireAccessTokens: () => {
        accessTokens.clear();
      },
    }),
    toolTokens: createToolTokenReader(options.now),
    launches: new Map(),
    choices: new Map(),
    sessions: new Map(),
    registrations: new Set(),
    noticeHandlers: new Map(),
    usedOnce: new Set(),
  };
}

/** Remembers a value of a tool. False when the tool has used it before. */
export function useOnce(state: LmsState, clientId: string, value: string): boolean {
  const key = JSON.stringify([clientId, value]);
  if (state.usedOnce.has(key)) return false;
  state.usedOnce.add(key);
  return true;
}
