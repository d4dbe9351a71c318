import type { Value } from "./values/value.js";

/** MongoDB's error numbers that this engine answers with, by name (src/mongo/base/error_codes.yml). */
const CODES = {
  InternalError: 1,
  BadValue: 2,
  NoSuchKey: 4,
  HostUnreachable: 6,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  LockTimeout: 24,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  CannotCreateIndex: 67,
  CursorNotFound: 43,
  NoMatchingDocument: 47,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  EmptyFieldName: 56,
  DottedFieldName: 57,
  CommandNotFound: 59,
  ImmutableField: 66,
  IndexAlreadyExists: 68,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  ConflictingUpdateOperators: 40,
  UnknownReplWriteConcern: 79,
  CannotSatisfyWriteConcern: 100,
  CommandNotSupported: 115,
  DocumentValidationFailure: 121,
  WriteConflict: 112,
  InvalidViewDefinition: 182,
  NotImplemented: 238,
  InvalidPipelineOperator: 168,
  CommandNotSupportedOnView: 166,
  OptionNotSupportedOnView: 167,
  CappedPositionLost: 136,
  SnapshotUnavailable: 246,
  OperationNotSupportedInTransaction: 263,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  TransactionTooOld: 225,
  IncompleteTransactionHistory: 217,
  ChangeStreamFatalError: 280,
  ChangeStreamHistoryLost: 286,
  NoQueryExecutionPlans: 291,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  InvalidIndexSpecificationOption: 197,
  APIVersionError: 322,
  CannotConvertIndexToUnique: 359,
  APIStrictError: 323,
  ConversionFailure: 241,
  OutOfDiskSpace: 14031,
  SearchNotEnabled: 31082,
  InterruptedAtShutdown: 11600,
  Interrupted: 11601,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  NotWritablePrimary: 10107,
} as const;

export type CodeName = keyof typeof CODES;

/** Extra names that only appear as `codeName` of an injected failure. */
const INJECTED_NAMES: Record<number, string> = {
  7: "HostNotFound",
  89: "NetworkTimeout",
  91: "ShutdownInProgress",
  134: "ReadConcernMajorityNotAvailableYet",
  189: "PrimarySteppedDown",
  262: "ExceededTimeLimit",
  391: "ReauthenticationRequired",
  9001: "SocketException",
  11602: "InterruptedDueToReplStateChange",
  13435: "NotPrimaryNoSecondaryOk",
  13436: "NotPrimaryOrSecondary",
  64: "WriteConcernFailed",
  65: "MultipleErrorsOccurred",
};

const NAME_BY_CODE = new Map<number, string>([
  ...Object.entries(CODES).map(([name, code]): [number, string] => [code, name]),
  ...Object.entries(INJECTED_NAMES).map(([code, name]): [number, string] => [Number(code), name]),
]);

/** MongoDB's name of an error number; `Location<n>` for numbers that have none. */
export function codeNameOf(code: number): string {
  return NAME_BY_CODE.get(code) ?? `Location${code}`;
}

/** An answer `{ok: 0, errmsg, code, codeName, …details}` to one command. */
export class CommandError extends Error {
  readonly code: number;
  readonly details: Readonly<Record<string, Value>>;
  readonly labels: readonly string[] | undefined;

  constructor(
    code: CodeName | number,
    message: string,
    details: Readonly<Record<string, Value>> & { labels?: readonly string[] } = {},
  ) {
    super(message);
    const { labels, ...rest } = details;
    this.code = typeof code === "number" ? code : CODES[code];
    this.details = rest;
    this.labels = labels;
  }
}
