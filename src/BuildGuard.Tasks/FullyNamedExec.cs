using Microsoft.Build.Framework;

namespace Microsoft.Build.Tasks;

/// <summary>
/// The guarded Exec under the stock one's full name: MSBuild looks a task up by the name that stands in the project, and the class
/// by the name that it is registered with. So projects may call it by either name, and errors that name it are the stock one's.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class Exec : BuildGuard.Tasks.Exec;
