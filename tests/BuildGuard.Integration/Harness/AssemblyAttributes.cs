using System.Runtime.Versioning;

// The one system that the helper supports so far.
[assembly: SupportedOSPlatform("linux")]

// Each test measures a machine that it has for itself.
[assembly: DoNotParallelize]
