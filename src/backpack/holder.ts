/** A learner who has their own backpack open, in a visit from the LMS or in a browser let in. */
export type Holder = {
  organisationId: string;
  learnerId: string;
  /** Address below which their pages live: `/l/…/backpack` or `/backpack`. */
  base: string;
  /** Address of the visit; undefined outside the LMS. */
  visitBase: string | undefined;
  /** Student View sees everything and changes nothing. */
  mayChange: boolean;
};
