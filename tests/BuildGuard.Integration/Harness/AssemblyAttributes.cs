// Each test measures a machine that it has for itself.
[assembly: DoNotParallelize]
