import { pino, type Logger } from "pino";
import type { Settings } from "../config/environment.js";

/** Fields that never reach a log, wherever they stand in what is logged. */
const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "id_token",
  "state",
  "nonce",
  "access_token",
  "client_assertion",
  "registration_token",
  "password",
  "secret",
  "name",
  "given_name",
  "family_name",
  "email",
];

export type Log = Logger;

/**
 * The process log: JSON lines on stdout. Request bodies are never logged; should a record that
 * holds a secret or a name be passed all the same, these fields are cut out.
 */
export const createLog = (settings: Pick<Settings, "logLevel">): Log =>
  pino({
    level: settings.logLevel,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
      remove: true,
    },
  });
