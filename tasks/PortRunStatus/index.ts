import { main } from '../common/main.ts';
import { run } from './run.ts';

// Reporting must not stop a deployment.
void main(run, 'warn');
