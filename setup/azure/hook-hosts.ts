import type { Azure } from './client.ts';
import { releaseUrl } from './organization.ts';

/** No typed client of the azure-devops-node-api has the service hooks; these are their documented REST calls. */
export const version = 'api-version=7.1-preview.1';

/** The publisher of classic releases, which have a host of their own in the Services. */
const releasePublisher = 'rm';

/** Who publishes an event, where its name says so. */
export const publisherOf = (eventType: string): string | undefined =>
  eventType.startsWith('ms.vss-release.') ? releasePublisher : undefined;

export const baseOf = (azure: Azure, publisherId: string | undefined): string =>
  publisherId === releasePublisher ? releaseUrl(azure.organizationUrl) : azure.organizationUrl;

/** Both hosts that have service hooks; one where they are the same. */
export const basesOf = ({ organizationUrl }: Azure): string[] => [
  ...new Set([organizationUrl, releaseUrl(organizationUrl)]),
];
