/** One column of a course's gradebook that belongs to a tool. */
export type LineItem = {
  id: string;
  courseId: string;
  /** The tool that sees it. */
  clientId: string | undefined;
  label: string;
  scoreMaximum: number;
  resourceId: string | undefined;
  tag: string | undefined;
  resourceLinkId: string | undefined;
  /** Only columns that a tool made through the line item service may be deleted by it. */
  isMadeByTool: boolean;
};

/** One learner's grade in one line item. */
export type Grade = {
  score: number | null;
  updatedAt: Date;
  gradedBy: "tool" | "instructor";
  /** A tool posted a score row at least once. */
  hasToolRow: boolean;
  comment: string | undefined;
  activityProgress: string | undefined;
  gradingProgress: string | undefined;
  /** How many submissions scores have consumed. */
  submissions: number;
};

type LineItemFilter = {
  courseId: string;
  resourceId?: string | undefined;
  resourceLinkId?: string | undefined;
  tag?: string | undefined;
};

/** Line items and the grades in them, in the order they were made. */
export type Gradebook = {
  addLineItem(item: Omit<LineItem, "id">): LineItem;
  replaceLineItem(item: LineItem): void;
  removeLineItem(id: string): void;
  findLineItem(place: { courseId: string; lineItemId: string }): LineItem | undefined;
  listLineItems(filter: LineItemFilter): LineItem[];
  findGrade(place: { lineItemId: string; userId: string }): Grade | undefined;
  setGrade(place: { lineItemId: string; userId: string }, grade: Grade): void;
  /** Grades of one line item by person id. */
  listGrades(lineItemId: string): [userId: string, grade: Grade][];
};

export function createGradebook(takeNumber: () => number): Gradebook {
  const lineItems = new Map<string, LineItem>();
  const grades = new Map<string, Map<string, Grade>>();
  return {
    addLineItem: (item) => {
      const added = { ...item, id: String(takeNumber()) };
      lineItems.set(added.id, added);
      return added;
    },
    replaceLineItem: (item) => {
      lineItems.set(item.id, item);
    },
    removeLineItem: (id) => {
      lineItems.delete(id);
      grades.delete(id);
    },
    findLineItem: ({ courseId, lineItemId }) => {
      const item = lineItems.get(lineItemId);
      return item?.courseId === courseId ? item : undefined;
    },
    listLineItems: (filter) => [...lineItems.values()].filter((item) => matches(item, filter)),
    findGrade: ({ lineItemId, userId }) => grades.get(lineItemId)?.get(userId),
    setGrade: ({ lineItemId, userId }, grade) => {
      const ofItem = grades.get(lineItemId) ?? new Map<string, Grade>();
      grades.set(lineItemId, ofItem.set(userId, grade));
    },
    listGrades: (lineItemId) => [...(grades.get(lineItemId) ?? [])],
  };
}

function matches(item: LineItem, filter: LineItemFilter): boolean {
  const isAsked = (wanted: string | undefined, actual: string | undefined): boolean =>
    wanted === undefined || wanted === actual;
  return (
    item.courseId === filter.courseId &&
    isAsked(filter.resourceId, item.resourceId) &&
    isAsked(filter.resourceLinkId, item.resourceLinkId) &&
    isAsked(filter.tag, item.tag)
  );
}

/** The grade after an instructor typed `score`, or emptied the cell, at `now`. */
export function gradeByInstructor(
  before: Grade | undefined,
  typed: { score: number | null; now: Date },
): Grade {
  return {
    score: typed.score,
    updatedAt: typed.now,
    gradedBy: "instructor",
    hasToolRow: before?.hasToolRow ?? false,
    comment: before?.comment,
    activityProgress: before?.activityProgress,
    gradingProgress: before?.gradingProgress,
    submissions: before?.submissions ?? 0,
  };
}
