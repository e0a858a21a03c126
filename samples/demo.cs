// Packs BuildGuard, then replays an incident with it and without it: dotnet run samples/demo.cs
#:project Demo/BuildGuard.Demo.csproj
#:property PublishAot=false

return await BuildGuard.Demo.Demonstration.RunAsync(args);
