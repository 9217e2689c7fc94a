#!/usr/bin/env node
import { run } from './cli.ts';

void run(process.argv);
