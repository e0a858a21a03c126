#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for to set a property at creation only; .NET Framework does not have it.</summary>
internal static class IsExternalInit;
#endif
