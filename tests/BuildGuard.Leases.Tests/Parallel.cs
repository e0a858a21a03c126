// Most of them wait for processes and threads of their own. What measures time or work is marked and runs alone.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel, Workers = 2)]
