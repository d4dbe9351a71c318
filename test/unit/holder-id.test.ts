import { expect } from "chai";
import { readHolderId } from "../../src/people/holder-id.js";

describe("a learner's own DID or web address", () => {
  const good: [typed: string, kept: string][] = [
    ["did:web:example.org", "did:web:example.org"],
    ["  did:web:example.org:people:ana  ", "did:web:example.org:people:ana"],
    ["did:web:localhost%3A8443", "did:web:localhost%3A8443"],
    [
      "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
      "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ],
    ["https://example.org/me", "https://example.org/me"],
    ["HTTPS://Example.ORG", "https://example.org/"],
    ["https://orcid.org/0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"],
    ["https://müller.example/ich bin", "https://xn--mller-kva.example/ich%20bin"],
    ["https://example.org/~ana#me", "https://example.org/~ana#me"],
  ];
  for (const [typed, kept] of good)
    it(`is kept as ${kept} when ${JSON.stringify(typed)} is entered`, () => {
      expect(readHolderId(typed)).to.deep.equal({ kind: "ok", holderId: kept });
    });

  const bad: [typed: string, sentence: RegExp][] = [
    ["", /Enter/],
    ["   ", /Enter/],
    ["ana", /no web address/],
    ["ana@example.org", /no web address/],
    ["http://example.org/me", /begin with https/],
    ["javascript:alert(1)", /begin with https/],
    ["urn:uuid:0b0e5a3c-0000-4000-8000-000000000000", /begin with https/],
    ["https://ana:secret@example.org", /password/],
    ["https://localhost/me", /site on the web/],
    ["https://127.0.0.1/me", /site on the web/],
    ["https://[::1]/me", /site on the web/],
    ["https://example.org/{a}|b", /characters/],
    ["did:", /not how a DID/],
    ["did:web", /not how a DID/],
    ["did:web:", /not how a DID/],
    ["did:Web:example.org", /not how a DID/],
    ["DID:web:example.org", /not how a DID/],
    ["did:web:example.org:", /not how a DID/],
    ["did:web:exa mple", /not how a DID/],
    ["did:web:ex%zz", /not how a DID/],
    ["did:key:z6Mk<script>", /not how a DID/],
    ["did:web:example.org#key-1", /alone/],
    ["did:web:example.org/path", /alone/],
    [`did:web:${"a".repeat(1000)}`, /too long/],
    [`https://example.org/${"a".repeat(1000)}`, /too long/],
  ];
  for (const [typed, sentence] of bad)
    it(`is refused with a reason when ${JSON.stringify(typed.slice(0, 60))} is entered`, () => {
      const reading = readHolderId(typed);
      expect(reading).to.include({ kind: "faulty" });
      expect("sentence" in reading && reading.sentence).to.match(sentence);
    });

  it("is found unfit without trying every way to read it", () => {
    for (const long of [`did:web:${"a:".repeat(490)}!`, `did:web:${"%41".repeat(325)}!`])
      expect(readHolderId(long)).to.include({ kind: "faulty" });
  });
});
