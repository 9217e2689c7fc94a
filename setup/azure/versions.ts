import { type Json, recordsOf } from '../json.ts';

/** The newest versions of its interface that a server knows, such as 7.0 for Azure DevOps Server 2022. */
export interface ServerVersions {
  readonly released: string;
  /** Previews may be one ahead. */
  readonly preview: string;
}

const orderOf = (version: string): number => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
};

const newest = (versions: readonly unknown[]): string | undefined =>
  versions
    .filter((each) => typeof each === 'string')
    .sort((one, other) => orderOf(other) - orderOf(one))
    .at(0);

/** What `OPTIONS _apis` says of all places; undefined where it says nothing. */
export function readVersions(locations: Json): ServerVersions | undefined {
  const places = recordsOf(locations.value);
  const released = newest(places.map(({ releasedVersion }) => releasedVersion));
  const preview = newest(places.map(({ maxVersion }) => maxVersion));
  return released === undefined || preview === undefined ? undefined : { released, preview };
}

/** The path with no newer version than the server knows. */
export function suited(path: string, known: ServerVersions | undefined): string {
  if (known === undefined) return path;
  return path.replace(
    /(?<=[?&]api-version=)([\d.]+\d)(-preview)?/,
    (asked, version: string, preview = '') => {
      const limit = preview === '' ? known.released : known.preview;
      return orderOf(version) <= orderOf(limit) ? asked : `${limit}${preview}`;
    },
  );
}
