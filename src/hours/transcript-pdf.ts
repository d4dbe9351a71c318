import type { PrintedDocument } from "../documents/printed-document.js";
import type { Transcript } from "./read-transcript.js";
import { transcriptView } from "./transcript-page.js";

/** A transcript on paper, as a tagged PDF that can be read aloud and searched. */
export function transcriptPdf(transcript: Transcript): PrintedDocument {
  const view = transcriptView(transcript);
  const numbers = (label: string) => ({ label, share: 2, isNumber: true });
  return {
    title: `Transcript of hours, ${view.organisation}`,
    language: "en",
    author: view.organisation,
    subject: `Hours of completed courses. ${view.period}`,
    createdAt: transcript.madeAt,
    page: {
      ...{ orientation: "portrait", accentColour: "#1f4e79" },
      ...{ hasFrame: false, fitsOnePage: false },
    },
    blocks: [
      { kind: "heading", level: 1, text: "Transcript of hours" },
      ...(view.learner === undefined ? [] : [{ kind: "name" as const, text: view.learner }]),
      {
        kind: "facts",
        facts: [
          { term: "Organisation", text: view.organisation },
          { term: "Period", text: view.period },
          { term: "Made on", text: view.made },
        ],
      },
      {
        kind: "table",
        caption: `Courses completed. ${view.period}`,
        columns: [
          ...[
            { label: "Course", share: 6 },
            { label: "Edition", share: 2 },
          ],
          ...[{ label: "Completed", share: 3 }, ...view.units.map(numbers)],
        ],
        rows: [
          ...view.entries.map((entry) => [
            ...[`${entry.code} ${entry.title}`, entry.version, entry.day],
            ...entry.amounts.map(String),
          ]),
          ["Together", "", "", ...view.totals.map(String)],
        ],
      },
      {
        kind: "paragraph",
        size: "small",
        text: "Each course counts once, on the day on which its exam was passed, however many micro-credentials or certificates it counts towards.",
      },
    ],
    attachments: [],
  };
}
