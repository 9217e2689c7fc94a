/** A requirement, and whether it holds. All texts may come from people: they are shown, never obeyed. */
export interface Check {
  /** As it was asked for: `production_readiness >= Silver`. */
  readonly requirement: string;
  /** What Port holds: `Bronze`. */
  readonly found: string;
  readonly isMet: boolean;
  /** A sentence that a developer can act on; empty where the requirement holds. */
  readonly reason: string;
  /** The reason in few words, behind the name of the entity: "is locked in prod"; empty where the requirement holds. */
  readonly label: string;
  /** The entities that stand in the way. */
  readonly links: readonly Link[];
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

export const met = (requirement: string, found: string): Check => ({
  ...{ requirement, found, isMet: true },
  ...{ reason: '', label: '', links: [] },
});

export function unmet(
  check: Pick<Check, 'requirement' | 'found' | 'reason' | 'label'> & Partial<Pick<Check, 'links'>>,
): Check {
  return { links: [], ...check, isMet: false };
}
