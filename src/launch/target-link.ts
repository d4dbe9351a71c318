/** The one address that sign-ins come back to. */
export const launchUrlOf = (publicUrl: string): string => `${publicUrl}/lti/launch`;

/**
 * Whether a target_link_uri is ours: the launch address, with or without a query. Compared as
 * text, so that no way of writing an address that a browser would mend gets through.
 */
export function isOurTarget(target: string, publicUrl: string): boolean {
  const launchUrl = launchUrlOf(publicUrl);
  return target === launchUrl || target.startsWith(`${launchUrl}?`);
}
