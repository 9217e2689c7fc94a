import { Ajv } from 'ajv';
import schema from './port-azure.schema.json' with { type: 'json' };

export const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  code: { source: true, esm: true },
});

/** Judges a file by port-azure.schema.json. The bundle has the code that ajv makes of the schema in place of this file. */
export default ajv.compile(schema);
