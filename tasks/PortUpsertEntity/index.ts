import { findFiles } from '../common/agent/agent-host.ts';
import { main } from '../common/main.ts';
import { run } from './run.ts';

void main((context) => run(context, findFiles));
