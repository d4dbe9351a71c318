/** Why a store does not start or go on. */
export type StoreErrorCode =
  | "store-locked"
  | "store-corrupt"
  | "not-accepted-in-production"
  | "address-unusable"
  | "disk-full"
  | "store-failed";

/** A failure of the store itself, not of a command. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}
