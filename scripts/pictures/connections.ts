import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../manifests.ts';
import { checkBox, fieldBox } from './fields.ts';
import { escapeHtml } from './page.ts';

/** The forms of both service connections, side by side: Azure's own for the incoming webhook, and the one of this extension. */

export const connectionsStyle = `
#picture{width:860px;display:grid;grid-template-columns:1fr 1fr}
form{padding:20px 24px 8px}
form+form{border-left:1px solid var(--line)}
form h1{margin-bottom:14px}`;

/** As far as a picture shows it: Microsoft's page on service connections names the fields of the first. */
export function connectionForms(): string {
  return `<div id="picture">${incomingWebhook()}${portConnection()}</div>`;
}

function incomingWebhook(): string {
  return formOf('New Incoming WebHook service connection', [
    fieldBox('WebHook Name', 'portDeploy', { isRequired: true, note: 'The webhook of the action in Port' }),
    fieldBox('Secret (optional)', '••••••••••••••••', { note: "Port's client secret" }),
    fieldBox('Http Header (optional)', 'x-port-signature', { note: 'The header of the signature' }),
    fieldBox('Service connection name', 'port-webhook', { isRequired: true }),
  ]);
}

interface Input {
  readonly name: string;
  readonly isConfidential: boolean;
}

interface EndpointType {
  readonly type: string;
  readonly properties: {
    readonly displayName: string;
    readonly url: { readonly displayName: string; readonly value: string };
    readonly authenticationSchemes: readonly { readonly inputDescriptors: readonly Input[] }[];
  };
}

/** Of vss-extension.json. */
function portConnection(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'vss-extension.json'), 'utf8')) as {
    readonly contributions: readonly EndpointType[];
  };
  const endpoint = manifest.contributions.find(
    ({ type }) => type === 'ms.vss-endpoint.service-endpoint-type',
  );
  if (endpoint === undefined) throw new Error('The extension has no service connection type.');
  const { displayName, url, authenticationSchemes } = endpoint.properties;
  const inputs = authenticationSchemes.flatMap(({ inputDescriptors }) => inputDescriptors);
  return formOf(`New ${displayName} service connection`, [
    fieldBox(url.displayName, url.value, { isRequired: true, hasHelp: true }),
    ...inputs.map(({ name, isConfidential }) =>
      fieldBox(name, isConfidential ? '••••••••••••••••' : 'aBcDeF1234567890', { isRequired: true }),
    ),
    fieldBox('Service connection name', 'port', { isRequired: true }),
  ]);
}

function formOf(title: string, fields: readonly string[]): string {
  const security = checkBox('Grant access permission to all pipelines', false);
  return `<form><h1>${escapeHtml(title)}</h1>${fields.join('\n')}${security}</form>`;
}
