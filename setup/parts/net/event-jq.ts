import { idIn } from '../ingest.ts';

/** Expressions of jq that the mappings of the net share. They read an event of Azure DevOps, and nothing else. */

/** Where an event has the branch of its run, and the run's number. */
export interface RunPaths {
  readonly branch: string;
  readonly number: string;
}

/**
 * The tasks' rule: an id counts for nothing that a pull request or the name of a branch may have brought into the number,
 * in which signs of the name are "_". Which run the pipeline was started for, the run's external id, is known to Port alone.
 */
export const isOfNoBranch = ({ branch, number }: RunPaths): string =>
  `([${branch} // "", (${idIn(number)})] | map(ascii_downcase) | (.[0] | startswith("refs/pull/")) or (.[0] / (.[1] / "_")[1] | length > 1) | not)`;

/** Port takes a link only as an address: that of the organization where the event has none of the run. */
export const linkOf = (path: string): string =>
  `(${path} // .body.resourceContainers.project.baseUrl // "https://dev.azure.com/")`;

/** The event's own id stands in for a run that it does not name. */
export const identifierOf = (pipeline: string, run: string): string =>
  `"ado_" + ([.body.resourceContainers.project.id, ${pipeline}, ${run} // .body.id] | map(values | tostring) | join("_"))`;

/** The branch of a run, in the events of runs, stages and jobs. */
export const runBranch = '.body.resource.run.resources.repositories.self.refName';
