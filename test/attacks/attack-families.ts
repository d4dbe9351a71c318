import type { Attack } from "./attack.js";
import { bindingAttacks } from "./binding-attacks.js";
import { keyAttacks } from "./key-attacks.js";
import { keySetAttacks } from "./key-set-attacks.js";
import { loginAttacks } from "./login-attacks.js";
import { tokenAttacks } from "./token-attacks.js";

/** Every attack on the way in, by what it is aimed at. */
export const attackFamilies: Record<string, Attack[]> = {
  logins: loginAttacks,
  tokens: tokenAttacks,
  keys: keyAttacks,
  "key sets": keySetAttacks,
  bindings: bindingAttacks,
};
