import {
  Decimal128,
  Double as BsonDouble,
  Int32,
  Long,
  ObjectId,
  serialize,
  type Document,
} from "bson";
import { expect } from "chai";
import fc from "fast-check";
import { SortedChunks } from "../src/index/sorted-chunks.js";
import { StoredDoc } from "../src/storage/stored-doc.js";
import { compareValues } from "../src/values/compare.js";
import { decimalOf, decimalText } from "../src/values/decimal.js";
import { inverted, keyOf } from "../src/values/key.js";
import { calculate } from "../src/values/number.js";
import { Dec, Double, type Value } from "../src/values/value.js";
import { decodeDoc } from "../src/wire/decode-bson.js";
import { encodeDoc } from "../src/wire/encode-bson.js";
import { MessageReader } from "../src/wire/message-reader.js";

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ unit: "binary" }),
  fc.integer().map((n) => new Int32(n)),
  fc.double().map((n) => new BsonDouble(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc.integer().map((n) => Decimal128.fromString(`${n}E-3`)),
);
const name = fc
  .string({ unit: "grapheme", maxLength: 30 })
  .filter((s) => !s.includes("\0") && s !== "_bsontype" && s !== "__proto__");
const { document } = fc.letrec<{ document: Document; value: unknown }>((tie) => ({
  document: fc.dictionary(name, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    tie("document"),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
}));

const numeric: fc.Arbitrary<Value> = fc.oneof(
  fc.integer(),
  fc.integer().map((n) => new Double(n)),
  fc.double({ noNaN: true }).filter((n) => !Number.isInteger(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -30, max: 30 }))
    .map(([c, e]) => decimalOf(`${c}E${e}`)),
);

describe("values", () => {
  it("decodes and encodes every document byte for byte", () => {
    fc.assert(
      fc.property(document, (doc) => {
        const bytes = Buffer.from(serialize(doc));
        expect(encodeDoc(decodeDoc(bytes, { start: 0, end: bytes.length })).equals(bytes)).to.equal(
          true,
        );
      }),
    );
  });

  it("encodes documents of every size alike, however its buffer grows", () => {
    for (const value of [1, 1.5, 5n, true, new Date(7), "text", Buffer.alloc(3), {}]) {
      for (let shift = 0; shift < 24; shift += 1) {
        // The last field makes the buffer start small again for the next document.
        const list = Array.from({ length: 6000 }, () => ({ a: value }));
        const fields = { shift: "x".repeat(shift), list, end: "x".repeat(400_000) };
        const expected = Buffer.from(serialize(fields));
        const decoded = decodeDoc(expected, { start: 0, end: expected.length });
        expect(encodeDoc(decoded).equals(expected)).to.equal(true);
      }
    }
  }).timeout(20_000);

  it("orders keys as it orders values", () => {
    fc.assert(
      fc.property(numeric, numeric, (a, b) => {
        const [x, y] = [keyOf(a), keyOf(b)];
        const byKeys = x < y ? -1 : x > y ? 1 : 0;
        expect(byKeys).to.equal(compareValues(a, b));
        if (byKeys !== 0) expect(inverted(x) > inverted(y)).to.equal(byKeys < 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("orders text as its UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(compareValues(a, b)).to.equal(bytes);
        const [x, y] = [keyOf(a), keyOf(b)];
        expect(x < y ? -1 : x > y ? 1 : 0).to.equal(bytes);
      }),
    );
  });

  for (const [operation, a, b, expected] of [
    ["add", "0.1", "0.2", "0.3"],
    ["subtract", "1E+3", "1", "999"],
    ["multiply", "1.5", "-2", "-3.0"],
    ["add", "9999999999999999999999999999999999", "1", "1.000000000000000000000000000000000E+34"],
    ["add", "NaN", "1", "NaN"],
    ["multiply", "Infinity", "-1", "-Infinity"],
  ] as const) {
    it(`comes to ${expected} for ${a} ${operation} ${b}`, () => {
      const result = calculate(operation, decimalOf(a), decimalOf(b));
      expect(result instanceof Dec && decimalText(result)).to.equal(expected);
    });
  }

  it("refuses a document with a _bsontype key, and bytes that are no document", () => {
    const refused = Buffer.from(serialize({ a: [{ b: 1 }] }));
    const decode = (bytes: Buffer) => decodeDoc(bytes, { start: 0, end: bytes.length });
    const named = encodeDoc({ a: { _bsontype: "x" } });
    expect(() => decode(named)).to.throw("_bsontype");
    fc.assert(
      fc.property(fc.nat(refused.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Buffer.from(refused);
        bytes[at] = byte;
        try {
          decode(bytes);
        } catch (error) {
          expect((error as { code?: number }).code).to.be.oneOf([2, 15, 22]);
        }
      }),
    );
  });
});

describe("sorted chunks", () => {
  const doc = (number: number) => new StoredDoc(number, Buffer.alloc(0), { start: 0, end: 0 });

  it("hold what was put and not removed, in order, in every range", () => {
    const change = fc.record({
      key: fc.integer({ min: 0, max: 40 }),
      number: fc.nat(5),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 3000, size: "max" }),
        fc.nat(40),
        fc.nat(40),
        (changes, a, b) => {
          const chunks = new SortedChunks();
          const model = new Map<string, [string, number]>();
          for (const { key, number, remove } of changes) {
            const [text, id] = [keyOf(key), `${key}/${number}`];
            if (remove) expect(chunks.remove(text, number)).to.equal(model.delete(id));
            else if (!model.has(id)) {
              chunks.insert(text, doc(number));
              model.set(id, [text, number]);
            }
          }
          const [low, high] = [keyOf(Math.min(a, b)), keyOf(Math.max(a, b))];
          const wanted = [...model.values()]
            .filter(([key]) => key >= low && key < high)
            .sort((x, y) => (x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : x[1] - y[1]))
            .map(([, number]) => number);
          const found = (backwards: boolean) =>
            [...chunks.scan({ low, high }, backwards)].map((d) => d.number);
          expect(found(false)).to.deep.equal(wanted);
          expect(found(true)).to.deep.equal(wanted.toReversed());
          expect(chunks.size).to.equal(model.size);
        },
      ),
      { numRuns: 40 },
    );
  }).timeout(20_000);

  it("hold many entries that come in any order", () => {
    const chunks = new SortedChunks();
    const numbers = Array.from({ length: 5000 }, (_, i) => (i * 2687) % 5000);
    for (const number of numbers) chunks.insert(keyOf(number), doc(number));
    expect([...chunks.scan({ low: "", high: undefined })].map((d) => d.number)).to.deep.equal(
      Array.from({ length: 5000 }, (_, i) => i),
    );
    expect(chunks.estimate({ low: keyOf(1000), high: keyOf(1100) })).to.be.within(50, 1200);
  });
});

describe("messages", () => {
  it("are found however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 16, max: 300 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (sizes, cut) => {
          const sent = sizes.map((size, i) => {
            const message = Buffer.alloc(size, i + 1);
            message.writeInt32LE(size, 0);
            return message;
          });
          const stream = Buffer.concat(sent);
          const reader = new MessageReader();
          const got: Buffer[] = [];
          for (let at = 0; at < stream.length; at += cut)
            got.push(...reader.push(stream.subarray(at, at + cut)));
          expect(got.map((m) => m.toString("hex"))).to.deep.equal(
            sent.map((m) => m.toString("hex")),
          );
        },
      ),
    );
  });

  it("of impossible length are refused", () => {
    expect(() => new MessageReader().push(Buffer.from([1, 0, 0, 0]))).to.throw(RangeError);
    expect(() => new MessageReader().push(Buffer.from([255, 255, 255, 127]))).to.throw(RangeError);
  });
});
