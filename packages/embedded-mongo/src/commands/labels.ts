/** Codes after which a command may be tried again (`RetriableError` in error_codes.yml). */
const RETRYABLE = new Set([
  6, 7, 89, 91, 134, 189, 262, 358, 384, 9001, 10107, 11600, 11602, 13435, 13436,
]);
/** Codes that always mean that the whole transaction should be tried again. */
const TRANSIENT = new Set([24, 112, 117, 239, 246, 267]);
const NO_SUCH_TRANSACTION = 251;

/** What a failed command was, as far as its error labels depend on it. */
export type Failed = {
  inTransaction: boolean;
  endsTransaction: boolean;
  retryableWrite: boolean;
  writeConcernCode: number | undefined;
};

/** The labels that MongoDB attaches to an error (src/mongo/db/error_labels.cpp). */
export function errorLabelsOf(code: number | undefined, failed: Failed): string[] {
  const { inTransaction, endsTransaction, retryableWrite, writeConcernCode } = failed;
  if (inTransaction && code !== undefined) {
    const gone = code === NO_SUCH_TRANSACTION;
    const transient = endsTransaction
      ? TRANSIENT.has(code) || (gone && writeConcernCode === undefined)
      : TRANSIENT.has(code) || gone || RETRYABLE.has(code);
    if (transient) return ["TransientTransactionError"];
  }
  if (retryableWrite || endsTransaction) {
    const retry = [code, writeConcernCode].some(
      (each) => each !== undefined && RETRYABLE.has(each),
    );
    if (retry) return ["RetryableWriteError"];
  }
  return [];
}
