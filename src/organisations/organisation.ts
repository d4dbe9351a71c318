/** The tenant: everything else belongs to one, and nothing of one is visible to another. */
export type Organisation = { id: string; name: string; createdAt: Date };
