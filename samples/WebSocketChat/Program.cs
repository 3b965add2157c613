// Whatever one says, all hear; connect web sockets to ws://localhost:5000/chat:
//   dotnet run --project samples/WebSocketChat
using LifecycleAnalyzers.Samples.WebSocketChat;

await Chat.Build(args).RunAsync();
