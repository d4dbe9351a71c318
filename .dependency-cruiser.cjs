// The chapters of the story, in order. A chapter imports from earlier ones, never from later.
const CHAPTERS = [
  "signing",
  "organisations",
  "events",
  "audit",
  "pictures",
  "platforms",
  "people",
  "launch",
  "eligibility",
  "courses",
  "equivalencies",
  "issuers",
  "tracks",
  "exams",
  "progress",
  "results",
  "activities",
  "hours",
  "awards",
  "status-lists",
  "credentials",
  "verification",
  "backpack",
  "learner",
  "instructor",
  "admin",
];

const noLookingAhead = CHAPTERS.slice(0, -1).map((chapter, index) => ({
  name: `${chapter}-does-not-look-ahead`,
  severity: "error",
  comment: "The story is told in one direction; its order across chapters is journey.ts.",
  from: { path: `^src/${chapter}/` },
  to: { path: `^src/(${CHAPTERS.slice(index + 1).join("|")})/` },
}));

const ROOT = "main|server|app|parts/[a-z-]+|journey|[a-z]+-journey|open-store";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: {
        orphan: true,
        path: "^(src|config|packages/[^/]+/src)/",
        // Declarations for libraries without types: found by the compiler, imported by nobody.
        pathNot: "\\.d\\.ts$",
      },
      to: {},
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "product-does-not-know-its-tests",
      severity: "error",
      from: { path: "^(src|config|packages/[^/]+/src)/" },
      to: { path: "(^|/)(test|bench|scripts)/" },
    },
    {
      name: "packages-do-not-know-the-product",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(src|config)/" },
    },
    {
      name: "practice-lms-shares-no-implementation-with-us",
      severity: "error",
      comment: "Two ends of a protocol are tested with two implementations.",
      from: { path: "^packages/practice-lms/src/" },
      to: { path: "node_modules/jose" },
    },
    {
      name: "product-does-not-know-the-practice-lms",
      severity: "error",
      from: { path: "^(src|config)/" },
      to: { path: "^packages/practice-lms/" },
    },
    {
      name: "config-values-only-at-the-root",
      severity: "error",
      from: { path: "^src/(?!parts/)[^/]+/" },
      to: { path: "^config/environment", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "express-only-at-the-edge",
      severity: "error",
      from: { path: "^src/", pathNot: "(\\.routes\\.ts$|^src/app\\.ts$|^src/web/)" },
      to: { path: "node_modules/(@types/)?express" },
    },
    {
      name: "mongoose-only-in-stores",
      severity: "error",
      from: {
        path: "^src/",
        pathNot:
          "(-store\\.ts$|^src/(server|parts/[a-z-]+|database|stored-record|gathered-reads)\\.ts$|^src/work/work-queue\\.ts$)",
      },
      to: { path: "node_modules/(mongoose|mongodb)/" },
    },
    {
      name: "routes-get-stores-and-clients-by-argument",
      severity: "error",
      from: { path: "^src/[^/]+/.*\\.routes\\.ts$" },
      to: { path: "-(store|client)\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "actions-get-stores-and-clients-by-argument",
      severity: "error",
      from: { path: "^src/(?!parts/)[^/]+/", pathNot: "(\\.routes|-store|-client)\\.ts$" },
      to: { path: "-(store|client)\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "chapters-do-not-know-the-root",
      severity: "error",
      from: { path: "^src/(?!parts/)[^/]+/" },
      to: { path: `^src/(${ROOT})\\.ts$` },
    },
    {
      name: "documents-know-no-chapter",
      severity: "error",
      from: { path: "^src/documents/" },
      to: { path: `^src/(web|${CHAPTERS.join("|")})/` },
    },
    {
      name: "heavy-libraries-only-in-the-document-thread",
      severity: "error",
      comment: "Fonts, PDF and pictures take memory that the process has only while they are made.",
      from: {
        path: "^src/",
        pathNot:
          "^src/documents/(document-thread|make-pdf|make-signing-certificate|check-pdf-signature|draw-png|sign-pdf|sheet|figure-blocks|font-files|text-runs)\\.ts$",
      },
      to: {
        path: "node_modules/(pdfkit|fontkit|pkijs|asn1js|@resvg|@signpdf|qrcode-generator|bidi-js)/",
      },
    },
    {
      name: "web-knows-no-chapter",
      severity: "error",
      from: { path: "^src/web/" },
      to: { path: `^src/(${CHAPTERS.join("|")})/` },
    },
    ...noLookingAhead,
  ],
  options: {
    doNotFollow: { path: "(^|/)(node_modules|dist)/" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["development", "import", "node", "default", "types"],
    },
  },
};
