using Microsoft.Build.Framework;

namespace Microsoft.Build.Tasks;

/// <summary>
/// The guarded Exec for projects that call the stock one by its full name. MSBuild looks a task up by the name that stands
/// in the project, and the class by the name that it is registered with: so both are the stock one's.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class Exec : BuildGuard.Tasks.Exec;
