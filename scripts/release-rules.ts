/** What must be so before a release, told from the working tree and the last release. */

export interface ReleasedTask {
  readonly version: string;
  readonly digest: string;
}

export interface ReleaseState {
  /** Of vss-extension.json. */
  readonly version: string;
  readonly packageVersion: string;
  readonly changelog: string;
  /** Lines of `git status --porcelain`. */
  readonly changedFiles: readonly string[];
  readonly tags: readonly string[];
  readonly tasks: readonly {
    readonly folder: string;
    readonly version: string;
    /** Of what is built: sources, packages and the way of building all show in it. */
    readonly digest: string;
    /** As the last release had it; undefined for a new one. */
    readonly released: ReleasedTask | undefined;
  }[];
}

/** Every reason not to release, in words; empty where there is none. */
export function releaseProblems(state: ReleaseState): readonly string[] {
  const { version, packageVersion, changelog, changedFiles, tags, tasks } = state;
  const problems: string[] = [];
  if (version !== packageVersion)
    problems.push(`vss-extension.json is ${version}, package.json is ${packageVersion}.`);
  if (tags.includes(`v${version}`)) problems.push(`${version} is released already: raise the version.`);
  if (!changelog.includes(`\n## ${version}\n`)) problems.push(`CHANGELOG.md has no heading "## ${version}".`);
  if (changedFiles.length > 0)
    problems.push(`The working tree has changes that are not committed: ${changedFiles.join(', ')}`);
  for (const { folder, version: now, digest, released } of tasks) {
    if (released !== undefined && released.digest !== digest && released.version === now)
      problems.push(`${folder} has changed and is still ${now}: an agent would keep the old one.`);
  }
  return problems;
}
