import { expect } from "chai";
import { buildIndexes } from "../../src/database.js";
import { createIssuerStore } from "../../src/issuers/issuer-store.js";
import type { Picture } from "../../src/pictures/picture.js";
import { createPictureStore } from "../../src/pictures/picture-store.js";
import { newId } from "../../src/stored-record.js";
import { createNamedPictureStore } from "../../src/tracks/named-picture-store.js";
import {
  removeUnusedPictures,
  UNUSED_PICTURE_DAYS,
} from "../../src/tracks/remove-unused-pictures.js";
import { createTrackStore } from "../../src/tracks/track-store.js";
import { createTrackVersionStore } from "../../src/tracks/track-version-store.js";
import { trackVersion } from "../support/credential-fixtures.js";
import { openTestDatabase } from "../support/test-database.js";

const ADDED = new Date("2026-03-01T00:00:00Z");
const daysLater = (days: number): Date => new Date(ADDED.getTime() + days * 86_400_000);

describe("uploaded pictures that nothing names", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let pictures: ReturnType<typeof createPictureStore>;
  const organisationId = newId();

  beforeEach(async () => {
    database = await openTestDatabase();
    pictures = createPictureStore(database.connection);
    createTrackStore(database.connection);
    createIssuerStore(database.connection);
    createTrackVersionStore(database.connection);
    await buildIndexes(database.connection);
  });
  afterEach(async () => {
    await database.close();
  });

  const upload = async (digest: string, addedAt = ADDED): Promise<Picture> =>
    await pictures.keep({
      ...{ id: newId(), organisationId, digest, kind: "png", bytes: Buffer.from(digest) },
      ...{ widthPx: 96, heightPx: 96, addedBy: newId(), addedAt },
    });
  const sweep = async (now: Date): Promise<void> => {
    const namedPictures = createNamedPictureStore(database.connection);
    await removeUnusedPictures({ pictures, namedPictures, now: () => now });
  };
  const isThere = async ({ id }: Picture): Promise<boolean> =>
    (await pictures.find(organisationId, id)) !== undefined;

  it("go after a while, and not before", async () => {
    const picture = await upload("a");
    await sweep(daysLater(UNUSED_PICTURE_DAYS));
    expect(await isThere(picture)).to.equal(true);
    await sweep(daysLater(UNUSED_PICTURE_DAYS + 1));
    expect(await isThere(picture)).to.equal(false);
  });

  it("stay while a form has them, and when they are uploaded once more", async () => {
    const [held, again] = [await upload("held"), await upload("again")];
    expect(await pictures.hold(organisationId, held.id, daysLater(20))).to.equal(true);
    expect(await pictures.hold(newId(), held.id, daysLater(90)), "another's").to.equal(false);
    expect((await upload("again", daysLater(25))).id).to.equal(again.id);
    await sweep(daysLater(40));
    expect([await isThere(held), await isThere(again)]).to.deep.equal([true, true]);
    await sweep(daysLater(60));
    expect([await isThere(held), await isThere(again)]).to.deep.equal([false, false]);
  });

  it("are those alone: what a draft, an issuer or a published version names stays for good", async () => {
    const names = ["draft", "logo", "signature", "badge", "old logo", "old signature"];
    const named: Picture[] = [];
    for (const name of names) named.push(await upload(name));
    const [draft, logo, signature, badge, oldLogo, oldSignature] = named.map(({ id }) => id);
    const { connection } = database;
    await connection.collection("tracks").insertOne({
      ...{ organisationId, draft: { badge: { pictureId: draft } } },
    });
    await createIssuerStore(connection).put({
      ...{ id: newId(), organisationId, name: "Brand", logoId: logo, signatureId: signature },
      updatedAt: ADDED,
    });
    const design = trackVersion().badge;
    await createTrackVersionStore(connection).addOnce(
      trackVersion({ organisationId, trackId: newId(), badge: { ...design, pictureId: badge } }),
    );
    const issuer = { id: newId(), name: "Old", logoId: oldLogo, signatureId: oldSignature };
    const version = trackVersion({ organisationId, trackId: newId(), issuer });
    await createTrackVersionStore(connection).addOnce(version);
    const unused = await upload("unused");
    for (const days of [31, 62, 93]) await sweep(daysLater(days));
    expect(await isThere(unused)).to.equal(false);
    for (const [at, picture] of named.entries())
      expect(await isThere(picture), names[at]).to.equal(true);
  });

  it("are not taken from who sends a form with one just before it goes", async () => {
    const picture = await upload("late");
    const now = daysLater(40);
    const late = {
      ...createNamedPictureStore(database.connection),
      listNamed: async () => {
        await pictures.hold(organisationId, picture.id, now);
        return new Set<string>();
      },
    };
    await removeUnusedPictures({ pictures, namedPictures: late, now: () => now });
    expect(await isThere(picture)).to.equal(true);
  });
});
