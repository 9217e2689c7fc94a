import { main } from '../common/main.ts';
import { run } from './run.ts';

// A record must not stop a deployment.
void main(run, 'warn');
