/** A course of the organisation, whatever LMS course it is taught in. */
export type Course = {
  id: string;
  organisationId: string;
  /** Short and unique in the organisation, e.g. `AH-101`. */
  code: string;
  title: string;
  contactHours: number;
  subject: string;
  /** The edition of its content, e.g. `2026`. */
  version: string;
  createdAt: Date;
};
