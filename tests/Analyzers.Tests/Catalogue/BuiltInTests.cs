using LifecycleAnalyzers.Catalogue;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.Catalogue;

public class BuiltInTests
{
    [Fact]
    public void Every_file_is_understood()
    {
        Assert.Contains("bcl.lifecycle.txt", BuiltInCatalogue.Files.Select(f => f.Path));
        Assert.All(BuiltInCatalogue.Files, file =>
        {
            Assert.Empty(file.Problems.Select(p => $"{file.Path} line {p.Lines.Start.Line + 1}: {p.Reason}"));
            Assert.NotEmpty(file.Entries);
        });
    }

    [Fact]
    public void There_is_a_file_for_each_package() => Assert.Equal(
        ["amqpnetlite", "aspnetcore", "azure-servicebus", "bcl", "callbacks", "confluent-kafka", "dotnetty", "easynetq", "fleck", "fluentftp", "grpc", "mailkit", "mqttnet",
            "mysql-sqlserver", "nats", "netcoreserver", "npgsql", "opcua", "rabbitmq", "signalr-client", "socketioclient", "sqlite", "ssh.net", "stackexchange-redis", "streamjsonrpc",
            "supersocket", "watsontcp", "websocket-client", "websocket-sharp", "websocket4net"],
        BuiltInCatalogue.Files.Select(f => f.Path.Replace(".lifecycle.txt", "")).OrderBy(n => n, StringComparer.Ordinal));

    [Fact]
    public void The_class_library_has_what_is_said_of_it()
    {
        var types = new KnownTypes(Given.Source("").Compilation);
        var known = BuiltInCatalogue.Files.Single(f => f.Path == "bcl.lifecycle.txt");

        // Members that later versions added are right as well; these are not in the references of the test.
        Assert.Empty(UnknownMembers.In(known, types).Select(p => $"line {p.Lines.Start.Line + 1}: {p.Reason}"));
        Assert.Empty(UnknownMembers.In(BuiltInCatalogue.Files.Single(f => f.Path == "callbacks.lifecycle.txt"), types).Select(p => p.Reason));
        var absent = known.Entries.Select(e => e.Id.Type).Distinct().Where(t => types.FindAll(t).IsEmpty);
        Assert.Equal(["System.IO.Ports.SerialPort", "System.IO.Pipelines.PipeWriter", "System.IO.Pipelines.IDuplexPipe"], absent);
        Assert.All(known.Entries.SelectMany(e => e.Throws), t => Assert.True(types.Exists(t), t));
    }

    [Fact]
    public void A_type_is_told_once()
    {
        var twice = BuiltInCatalogue.Files.SelectMany(f => f.Entries).Where(e => e.Id.Kind == 'T').GroupBy(e => e.Id.Type).Where(g => g.Count() > 1);
        Assert.Empty(twice.Select(g => g.Key));
    }

    [Fact]
    public void A_type_that_reconnects_says_why() => Assert.All(
        BuiltInCatalogue.Files.SelectMany(f => f.Entries).Where(e => (e.Traits & Traits.Reconnects) != 0),
        e => Assert.True(e.Reason is not null, e.Id.Type));

    [Theory]
    [InlineData("System.Net.Sockets.Socket", (int)Traits.None)]
    [InlineData("System.Net.Sockets.NetworkStream", (int)Traits.SingleWriter)]
    [InlineData("System.Net.Sockets.SocketAsyncEventArgs", (int)Traits.Operation)]
    [InlineData("System.Net.WebSockets.ClientWebSocket", (int)Traits.SingleWriter)]
    [InlineData("System.Net.Http.HttpClient", (int)(Traits.Reconnects | Traits.OwnBound))]
    [InlineData("System.Net.HttpListenerResponse", (int)Traits.Response)]
    [InlineData("System.Data.Common.DbConnection", (int)(Traits.Pooled | Traits.OwnBound))]
    [InlineData("System.IO.Pipes.NamedPipeServerStream", (int)Traits.None)]
    public void The_class_library_s_connections_have_their_traits(string type, int traits)
    {
        var found = Given.Source("").Find(type);
        Assert.NotNull(found);
        Assert.Equal(((Traits)traits, Source.Catalogue), (found.Traits, found.Source));
    }

    [Theory]
    [InlineData("System.IO.Stream")]
    [InlineData("System.IO.FileStream")]
    [InlineData("System.IO.MemoryStream")]
    [InlineData("System.IO.StreamWriter")]
    [InlineData("System.IO.BinaryWriter")]
    [InlineData("System.Net.Http.HttpRequestMessage")]
    [InlineData("System.String")]
    [InlineData("System.Threading.Timer")]
    [InlineData("System.IO.Compression.GZipStream")]
    public void The_class_library_s_other_types_are_none(string type) => Assert.Null(Given.Source("").Find(type));

    [Theory]
    [InlineData("System.Net.Sockets.Socket", "ConnectAsync", (int)Role.Open)]
    [InlineData("System.Net.Sockets.Socket", "Accept", (int)Role.Create)]
    [InlineData("System.Net.Sockets.Socket", "Send", (int)Role.Send)]
    [InlineData("System.Net.Sockets.Socket", "ReceiveFromAsync", (int)Role.Receive)]
    [InlineData("System.Net.Sockets.Socket", "Connected", (int)Role.State)]
    [InlineData("System.Net.Sockets.Socket", "Poll", (int)Role.Alive)]
    [InlineData("System.Net.Sockets.Socket", "Shutdown", (int)Role.Close)]
    [InlineData("System.Net.Sockets.Socket", "Dispose", (int)Role.Close)]
    [InlineData("System.Net.Sockets.Socket", "NoDelay", (int)Role.None)]
    [InlineData("System.Net.Sockets.TcpClient", "GetStream", (int)Role.Accessor)]
    [InlineData("System.Net.Sockets.SocketAsyncEventArgs", "Completed", (int)Role.Error)]
    [InlineData("System.IO.FileSystemWatcher", "EnableRaisingEvents", (int)(Role.Open | Role.State))]
    [InlineData("System.IO.FileSystemWatcher", "Error", (int)Role.Error)]
    [InlineData("System.Data.Common.DbCommand", "ExecuteReaderAsync", (int)Role.Use)]
    [InlineData("System.Net.Http.HttpClient", "PostAsync", (int)(Role.Use | Role.Quiet))]
    [InlineData("System.Threading.Timer", ".ctor", (int)Role.Registers)]
    [InlineData("System.Threading.CancellationToken", "Register", (int)Role.Registers)]
    [InlineData("System.Threading.Tasks.Task", "ContinueWith", (int)Role.Registers)]
    [InlineData("System.Threading.Tasks.Task`1", "ContinueWith", (int)Role.Registers)]
    [InlineData("System.Threading.SynchronizationContext", "Post", (int)Role.Registers)]
    [InlineData("System.Threading.SynchronizationContext", "Send", (int)Role.None)]
    [InlineData("System.IObservable`1", "Subscribe", (int)Role.Registers)]
    [InlineData("System.IObserver`1", "OnNext", (int)Role.Callback)]
    public void The_class_library_s_members_have_their_roles(string type, string member, int roles) => Assert.Equal((Role)roles, Given.Source("").Roles(type, member));

    [Fact]
    public void One_overload_can_differ_from_the_others()
    {
        var given = Given.Source("");
        var constructors = given.Type("System.Net.Sockets.TcpClient").InstanceConstructors.ToDictionary(c => c.Parameters.Length + c.Parameters.FirstOrDefault()?.Type.Name);

        Assert.Equal(Role.Create, given.Catalogue.Of(constructors["2String"]).Roles);
        Assert.Equal(Role.None, given.Catalogue.Of(constructors["0"]).Roles);

        var accepts = given.Members("System.Net.Sockets.Socket", "AcceptAsync").Cast<IMethodSymbol>().ToList();
        Assert.Equal(Role.Receive, given.Catalogue.Of(accepts.Single(m => m.Parameters is [{ Type.Name: "SocketAsyncEventArgs" }])).Roles);
        Assert.Equal(Role.Create, given.Catalogue.Of(accepts.First(m => m.Parameters is [{ Type.Name: "CancellationToken" }])).Roles);
    }
}
