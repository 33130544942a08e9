import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const backend = 'http://localhost:8000';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: {
      '/api': backend,
      '/config.json': backend,
      '/health': backend,
      '/ws': { target: backend, ws: true },
    },
  },
  build: {
    rolldownOptions: {
      input: ['index.html', 'redirect.html'],
      output: {
        // Changes rarely, so browsers keep it over many releases of the page.
        codeSplitting: {
          groups: [{ name: 'fluent', test: /node_modules[\\/]@(fluentui|griffel)/ }],
        },
      },
    },
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: 'jsdom',
    setupFiles: './src/testing/setup.ts',
    restoreMocks: true,
    // A pipeline publishes the results; a person reads them.
    reporters: process.env['TF_BUILD'] ? ['default', 'junit'] : ['default'],
    outputFile: { junit: '../../test-results/front-end.xml' },
    // Only for what would otherwise hang: a busy machine is no fault of the page.
    testTimeout: 60_000,
  },
});
