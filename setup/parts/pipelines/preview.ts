import { readFile } from 'node:fs/promises';
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { decodeText } from '../../../tasks/common/text/decode.ts';
import { pathOf } from '../../azure/projects.ts';
import { AzureRequestError, messageOf } from '../../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import type { FiledPipeline, Products } from '../../products.ts';
import { type Finding, type Part, ok } from '../part.ts';
import { mayLetIn } from './webhook-filters.ts';

/** What an entry of the webhook would be given: the payload of the first action that it lets in, its templates as they stand. */
function payloadFor(entry: Json, actions: readonly Json[]): unknown {
  const { payload, body } = recordOf(actions.find((action) => mayLetIn(entry, action))?.invocationMethod);
  return payload ?? body ?? {};
}

/**
 * The YAML with a parameter in place of each webhook: a preview knows no webhooks, and what is not declared is refused, but
 * `${{ parameters.ALIAS… }}` compiles the same with both.
 */
function withoutWebhooks(document: Document.Parsed, actions: readonly Json[]): string {
  const entries = recordsOf(recordOf(recordOf(document.toJS()).resources).webhooks);
  if (entries.length === 0) return document.toString();
  const parameters = entries.map((entry) => ({
    name: textOf(entry.webhook),
    type: 'object',
    default: payloadFor(entry, actions),
  }));
  document.deleteIn(['resources', 'webhooks']);
  const resources = document.get('resources');
  if (isMap(resources) && resources.items.length === 0) document.delete('resources');
  const declared = document.get('parameters');
  if (isSeq(declared)) for (const each of parameters) declared.add(document.createNode(each));
  else document.set('parameters', document.createNode(parameters));
  return document.toString();
}

/** What refuses the preview and is no fault of the file. */
function refused(error: unknown, { config }: Products): Finding {
  // The parts of the file and of the service connections tell what they lack.
  if (!(error instanceof AzureRequestError)) return ok('not compiled: see the pipeline file');
  const own = [config.webhook.connection, config.portConnection].find(
    (name) => name !== undefined && error.message.includes(`service connection ${name} `),
  );
  if (own !== undefined) return ok(`not compiled: see the service connection ${own}`);
  if (error.status === 404) return ok('this server (before 6.1) cannot say whether it compiles');
  return { state: error.status === 400 ? 'wrong' : 'unknown', details: [messageOf(error)] };
}

/** Whether Azure DevOps can compile the file as it stands here. What cannot be compiled starts nothing, and nobody is told. */
export function previewPart(products: Products, { name, file, suffix, get }: FiledPipeline): Part {
  return {
    id: `azure/preview${suffix}`,
    title: `pipeline ${name} as Azure DevOps compiles its file`,
    isAdvice: true,
    fix: `Mend ${file}: a pipeline that does not compile starts nothing, and the run in Port stays open.`,
    look: async () => {
      const [azure, project, { id }] = [await products.azure(), await products.project(), await get()];
      const path = pathOf(project, `pipelines/${id}/preview?api-version=7.1`);
      try {
        const document = parseDocument(decodeText(await readFile(file)));
        const yamlOverride = withoutWebhooks(document, products.config.port.actions);
        const body = { previewRun: true, yamlOverride };
        await azure.call('POST', path, { does: `compile ${file}`, body });
        return ok();
      } catch (error) {
        return refused(error, products);
      }
    },
  };
}
