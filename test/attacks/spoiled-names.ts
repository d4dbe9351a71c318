import type { Connection } from "mongoose";

/** Where people write names, titles and sentences; elsewhere such keys hold something else. */
const WRITTEN =
  /^(name|title|subject|description|criteriaNarrative|prompt|text|label|contextTitle|trackName|proposedName|email|jurisdiction|reason|sender|fileName|instructions|sentence|summary|course(Code|Title|Version)|examTitle|courses\.(code|version)|equivalencies\.(decidedBy|learner))$/;

/** Some of them, which a page must have shown: otherwise nothing was tried. */
export const SHOWN = [
  ...["activities.instructions", "attempts.prompt", "awards.examTitle", "awards.trackName"],
  ...["courses.title", "courses.subject", "equivalencies.reason", "exams.text", "exams.title"],
  ...["learnerNotices.trackName", "licences.jurisdiction", "offerings.contextTitle"],
  ...["organisations.name", "platforms.name", "professions.name", "profiles.name"],
  ...["profiles.email", "profiles.proposedName", "pushKeys.sender", "resultImports.fileName"],
  ...["submissions.text", "trackVersions.description", "tracks.name", "tracks.criteriaNarrative"],
];

/**
 * A document with a formula at the beginning of whatever people may have written in it, and a
 * script at the end.
 */
function spoiled(value: unknown, collection: string): unknown {
  if (Array.isArray(value)) return value.map((part) => spoiled(part, collection));
  if (value === null || typeof value !== "object") return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const isWritten = WRITTEN.test(key) || WRITTEN.test(`${collection}.${key}`);
      if (typeof part !== "string" || !isWritten) return [key, spoiled(part, collection)];
      return [key, `=${part} "' onattack=1><script id="attack-${collection}.${key}">`];
    }),
  );
}

/** Puts formulas and scripts into everything that an organisation's people have written. */
export async function spoilNames(connection: Connection, organisationId: string): Promise<void> {
  for (const { name } of await connection.listCollections()) {
    const collection = connection.collection<{ _id: string }>(name);
    const ofOrganisation = { $or: [{ organisationId }, { _id: organisationId }] };
    for (const document of await collection.find(ofOrganisation).toArray()) {
      const { _id, ...rest } = spoiled(document, name) as { _id: string };
      await collection.replaceOne({ _id }, rest);
    }
  }
}
