import { main } from '../common/main.ts';
import { run } from './run.ts';

void main(run);
