/** The notices that we take: the first says that the way is open, the second that a course was copied. */
export const noticeTypes = { hello: "LtiHelloWorldNotice", copy: "LtiContextCopyNotice" } as const;

/** Those of the notices that an LMS offers which we take. */
export const noticeTypesOf = (offered: readonly string[]): string[] =>
  Object.values(noticeTypes).filter((type) => offered.includes(type));

/** Where LMSs send them. */
export const noticesUrlOf = (publicUrl: string): string => `${publicUrl}/lti/notices`;
