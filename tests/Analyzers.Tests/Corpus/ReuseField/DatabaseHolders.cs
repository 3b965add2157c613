// Database connections kept too long, and commands that are run twice.
#nullable disable
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Data;
using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Field.Databases
{
    /// <summary>The singleton of old: opened once, and used until the process ends.</summary>
    public sealed class Db
    {
        private static Db _instance;
        private static readonly object Sync = new object();
        private readonly string _connectionString;
        private NpgsqlConnection _connection;

        private Db(string connectionString)
        {
            _connectionString = connectionString;
        }

        public static Db Instance
        {
            get
            {
                lock (Sync)
                {
                    if (_instance == null) _instance = new Db(Environment.GetEnvironmentVariable("DB"));
                    return _instance;
                }
            }
        }

        private NpgsqlConnection GetConnection()
        {
            if (_connection == null)
            {
                _connection = new NpgsqlConnection(_connectionString);
                _connection.Open();
            }

            return _connection;
        }

        public int Execute(string sql)
        {
            lock (Sync)
            {
                using (var command = new NpgsqlCommand(sql, GetConnection()))
                {
                    return command.ExecuteNonQuery(); //! LCA3001
                }
            }
        }

        private NpgsqlConnection GetOpenConnection()
        {
            if (_connection == null) _connection = new NpgsqlConnection(_connectionString);
            if (_connection.State != ConnectionState.Open)
            {
                _connection.Close();
                _connection.Open();
            }

            return _connection;
        }

        public object Scalar(string sql)
        {
            lock (Sync)
            {
                using (var command = new NpgsqlCommand(sql, GetOpenConnection()))
                {
                    return command.ExecuteScalar(); // ok LCA3001: its state was asked
                }
            }
        }
    }

    /// <summary>A connection per tenant.</summary>
    public class TenantConnections
    {
        private readonly ConcurrentDictionary<int, NpgsqlConnection> _byTenant = new ConcurrentDictionary<int, NpgsqlConnection>();
        private readonly Func<int, string> _connectionString;

        public TenantConnections(Func<int, string> connectionString)
        {
            _connectionString = connectionString;
        }

        public async Task<int> TouchAsync(int tenant)
        {
            var connection = _byTenant.GetOrAdd(tenant, Open);
            using var command = connection.CreateCommand();
            command.CommandText = "update tenants set seen = now()";
            return await command.ExecuteNonQueryAsync(); //! LCA3001
        }

        public async Task<int> TouchOpenAsync(int tenant)
        {
            var connection = _byTenant.GetOrAdd(tenant, Open);
            if ((connection.State & ConnectionState.Open) == 0) await connection.OpenAsync();
            using var command = connection.CreateCommand();
            command.CommandText = "update tenants set seen = now()";
            return await command.ExecuteNonQueryAsync(); // ok LCA3001: opened again when it was not open
        }

        public async Task<int> TouchFreshAsync(int tenant)
        {
            await using var connection = new NpgsqlConnection(_connectionString(tenant));
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("update tenants set seen = now()", connection);
            return await command.ExecuteNonQueryAsync(); // ok LCA3001: a new one for each use
        }

        private NpgsqlConnection Open(int tenant)
        {
            var connection = new NpgsqlConnection(_connectionString(tenant));
            connection.Open();
            return connection;
        }
    }

    /// <summary>A base class whose getter fills a field; subclasses send.</summary>
    public abstract class RepositoryBase
    {
        private readonly DbProviderFactory _factory;
        private DbConnection _connection;

        protected RepositoryBase(DbProviderFactory factory)
        {
            _factory = factory;
        }

        protected DbConnection Connection
        {
            get { return _connection ?? (_connection = OpenNew()); }
        }

        protected DbConnection OpenConnection
        {
            get
            {
                if (_connection == null || _connection.State == ConnectionState.Broken || _connection.State == ConnectionState.Closed)
                    _connection = OpenNew();
                return _connection;
            }
        }

        private DbConnection OpenNew()
        {
            var connection = _factory.CreateConnection();
            connection.Open();
            return connection;
        }
    }

    public class InvoiceRepository : RepositoryBase
    {
        public InvoiceRepository(DbProviderFactory factory) : base(factory)
        {
        }

        public void Delete(int id)
        {
            using (var command = Connection.CreateCommand())
            {
                command.CommandText = "delete from invoices where id = " + id;
                command.ExecuteNonQuery(); //! LCA3001
            }
        }

        public void Archive(int id)
        {
            using (var command = OpenConnection.CreateCommand())
            {
                command.CommandText = "update invoices set archived = true where id = " + id;
                command.ExecuteNonQuery(); // ok LCA3001: the property asks for its state
            }
        }
    }

    public class Ledger
    {
        private readonly NpgsqlDataSource _source;
        private readonly ILogger _logger;

        public Ledger(NpgsqlDataSource source, ILogger logger)
        {
            _source = source;
            _logger = logger;
        }

        public async Task BookAsync(int account, decimal amount, CancellationToken ct)
        {
            var tries = 0;
        again:
            try
            {
                await using var command = _source.CreateCommand("update accounts set balance = balance + $1 where id = $2");
                command.Parameters.AddWithValue(amount);
                command.Parameters.AddWithValue(account);
                await command.ExecuteNonQueryAsync(ct); //! LCA3005
            }
            catch (NpgsqlException e) when (tries++ < 3)
            {
                _logger.LogWarning(e, "booking again");
                goto again;
            }
        }

        public async Task BookSerializableAsync(int account, decimal amount, CancellationToken ct)
        {
            for (var tries = 0; ; tries++)
            {
                try
                {
                    await using var command = _source.CreateCommand("update accounts set balance = balance + $1 where id = $2");
                    command.Parameters.AddWithValue(amount);
                    command.Parameters.AddWithValue(account);
                    await command.ExecuteNonQueryAsync(ct); // ok LCA3005: the server rolled it back
                    return;
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.SerializationFailure && tries < 3)
                {
                    await Task.Delay(20 << tries, ct);
                }
            }
        }

        public async Task<decimal> BalanceAsync(int account, CancellationToken ct)
        {
            for (var tries = 0; ; tries++)
            {
                try
                {
                    await using var command = _source.CreateCommand("select balance from accounts where id = $1");
                    command.Parameters.AddWithValue(account);
                    return (decimal)await command.ExecuteScalarAsync(ct); // ok LCA3005: it reads
                }
                catch (NpgsqlException) when (tries < 3)
                {
                    await Task.Delay(20 << tries, ct);
                }
            }
        }

        public void Purge()
        {
            bool done = false;
            int left = 5;
            while (!done && left-- > 0)
            {
                try
                {
                    using (var connection = _source.OpenConnection())
                    using (var command = new NpgsqlCommand("select purge_ledger()", connection))
                    {
                        command.ExecuteNonQuery(); //! LCA3005
                        done = true;
                    }
                }
                catch (DbException e)
                {
                    _logger.LogError(e, "purge");
                    Thread.Sleep(1000);
                }
            }
        }
    }

    /// <summary>A pool of its own over a driver that has one.</summary>
    public class ConnectionStore
    {
        private readonly Stack<NpgsqlConnection> _idle = new Stack<NpgsqlConnection>();
        private readonly string _connectionString;

        public ConnectionStore(string connectionString)
        {
            _connectionString = connectionString;
        }

        public T With<T>(Func<NpgsqlConnection, T> work)
        {
            var connection = Rent();
            try
            {
                return work(connection);
            }
            finally
            {
                lock (_idle) _idle.Push(connection);
            }
        }

        private NpgsqlConnection Rent()
        {
            lock (_idle)
            {
                if (_idle.Count > 0) return _idle.Pop(); //! LCA3004
            }

            var connection = new NpgsqlConnection(_connectionString);
            connection.Open();
            return connection;
        }

        public NpgsqlConnection RentOpen()
        {
            lock (_idle)
            {
                while (_idle.Count > 0)
                {
                    var connection = _idle.Pop(); // ok LCA3004: closed ones are dropped
                    if (connection.State == ConnectionState.Open) return connection;
                    connection.Dispose();
                }
            }

            var fresh = new NpgsqlConnection(_connectionString);
            fresh.Open();
            return fresh;
        }
    }
}
