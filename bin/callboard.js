#!/usr/bin/env node
import './node-version.js';
import { enableCompileCache } from 'node:module';

// Before the first module of ours is loaded: then none has to be stripped of its types again.
enableCompileCache();

await import('../src/main.ts');
